def vat(x, r):
    return x * (1 + r)
