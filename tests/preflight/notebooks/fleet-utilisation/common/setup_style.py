import matplotlib
matplotlib.use('agg')
PALETTE = ['#003f5c', '#7a5195', '#ef5675', '#ffa600']

def title_for(s, d):
    return f'{s} ({d:%b %Y})'
