import pandas as pd
from datetime import date
today = date(2024, 3, 1)
def fmt(x):
    return f'{x:,.1f}'
