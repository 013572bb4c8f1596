"""Models, each a pipeline that takes raw measurements."""

from __future__ import annotations

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

CANDIDATES = ("logistic", "forest", "support vectors")


def build(name: str, seed: int = 0) -> Pipeline:
    """The model of this name; the same seed gives the same model."""
    if name == "logistic":
        return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    if name == "forest":
        return make_pipeline(RandomForestClassifier(n_estimators=100, random_state=seed))
    if name == "support vectors":
        return make_pipeline(StandardScaler(), SVC(random_state=seed))
    raise ValueError(f"There is no model {name!r}; choose one of {', '.join(CANDIDATES)}.")
