"""Data sets that ship with scikit-learn, as tables with names that people read."""

from __future__ import annotations

import pandas as pd
from sklearn import datasets


def wine() -> tuple[pd.DataFrame, pd.Series]:
    """Thirteen measurements of 178 wines, and the vineyard each came from."""
    loaded = datasets.load_wine(as_frame=True)
    vineyards = pd.Series(loaded.target.map(lambda code: f"vineyard {code + 1}"), name="vineyard")
    return loaded.data.rename(columns={"od280/od315_of_diluted_wines": "protein_od"}), vineyards


def biopsies() -> tuple[pd.DataFrame, pd.Series]:
    """Thirty measurements of 569 biopsies, and whether each was malignant."""
    loaded = datasets.load_breast_cancer(as_frame=True)
    malignant = pd.Series(loaded.target == 0, name="malignant")
    return loaded.data.rename(columns=lambda name: name.replace(" ", "_")), malignant


def diabetes() -> pd.DataFrame:
    """442 patients: age, body and blood at the start, and how far the illness was a year later."""
    loaded = datasets.load_diabetes(as_frame=True, scaled=False)
    names = {
        "bmi": "body_mass_index",
        "bp": "blood_pressure",
        "s1": "cholesterol",
        "s2": "ldl",
        "s3": "hdl",
        "s4": "cholesterol_ratio",
        "s5": "log_triglycerides",
        "s6": "glucose",
        "target": "progression",
    }
    return loaded.frame.rename(columns=names)
