import re

def normalise_headers(df):
    return df.rename(columns=lambda c: re.sub(r"[^a-z0-9]+", "_", c.strip().lower()).strip("_"))
