def by_team(df):
    return df.groupby('team').salary.mean()
