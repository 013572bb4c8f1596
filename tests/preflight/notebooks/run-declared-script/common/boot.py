import re
REGIONS = ['Nord Rhein', 'Süd']
def slug(s):
    return re.sub(r'\W+', '-', s.lower())
