from datetime import date

def act365(a, b):
    return (date.fromisoformat(b) - date.fromisoformat(a)).days / 365
