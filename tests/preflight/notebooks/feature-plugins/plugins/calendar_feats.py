def add_calendar(df, col):
    return df.assign(hour=df[col].dt.hour, is_weekend=df[col].dt.dayofweek >= 5)
