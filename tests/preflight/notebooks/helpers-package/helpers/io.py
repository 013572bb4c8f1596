import pandas as pd
def load_people(p):
    return pd.read_csv(p, parse_dates=['start'])
