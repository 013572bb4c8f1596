import matplotlib as mpl
mpl.rcParams["figure.figsize"] = (6, 4)
LAB_CMAP = "viridis"
