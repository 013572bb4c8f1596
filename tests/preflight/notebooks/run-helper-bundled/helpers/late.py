late_total = table.a.sum()
