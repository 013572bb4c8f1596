import matplotlib.pyplot as plt

def ribbon(s):
    fig, ax = plt.subplots(); ax.fill_between(s.index, s * .9, s * 1.1); return ax
