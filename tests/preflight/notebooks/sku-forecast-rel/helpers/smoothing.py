def ses(xs, alpha):
    l = xs[0]
    for x in xs[1:]:
        l = alpha * x + (1 - alpha) * l
    return l
