__all__ = ['mm']

def mm(s, vmax, km):
    return vmax * s / (km + s)
