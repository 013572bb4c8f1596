from .rules import TIERS
def discount(q):
    return max(d for n, d in TIERS if q >= n)
