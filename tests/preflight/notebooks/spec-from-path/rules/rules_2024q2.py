def decide(c):
    return 'manual'
