def rate(booked, counted):
    return (booked - counted) / booked
