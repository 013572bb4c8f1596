import numpy as np

def woe_table(df, col, y):
    g = df.groupby(col)[y].agg(['sum', 'count'])
    good = g['count'] - g['sum']
    return np.log((good / good.sum()) / (g['sum'].clip(lower=.5) / g['sum'].sum()))
