import numpy as np

def uplift(df, g, v):
    m = df.groupby(g)[v].mean()
    return m["variant"] / m["control"] - 1

def bootstrap_ci(df, g, v, n=500, seed=0):
    r = np.random.default_rng(seed)
    xs = [uplift(df.sample(frac=1, replace=True, random_state=int(r.integers(1e9))), g, v) for _ in range(n)]
    return np.quantile(xs, [.025, .975])
