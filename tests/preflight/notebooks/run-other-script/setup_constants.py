TAX = {'DE': .19, 'FR': .20, 'NL': .21}
PALETTE = ['#114b5f', '#f45b69']
