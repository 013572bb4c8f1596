import statistics
def mad_filter(v):
    m = statistics.median(v)
    return [x for x in v if abs(x - m) < 3]
