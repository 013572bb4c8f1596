def decide(c):
    return 'auto' if c['amount'] < 1000 else 'manual'
