def mape(a, f):
    return sum(abs(x - y) / x for x, y in zip(a, f)) / len(a)
