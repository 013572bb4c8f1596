def zscore(s):
    return (s - s.mean()) / s.std()
