"""Golden values for the maps of words: scikit-learn's PCA and the parts of its exact t-SNE.

Writes tests/Firn.Tests/Golden/map_sklearn.json. Run with Debian's python3-sklearn.
"""
import json
import pathlib

import numpy as np
import sklearn
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, _t_sne

random = np.random.RandomState(7)
# Three clusters in twelve dimensions, unequal in spread, at length 1 as words are.
centres = random.randn(3, 12)
rows = np.concatenate([centre + spread * random.randn(20, 12) for centre, spread in zip(centres, (0.2, 0.4, 0.6))])
rows /= np.linalg.norm(rows, axis=1, keepdims=True)

pca = PCA(2, svd_solver="full").fit(rows)
joint = squareform(_t_sne._joint_probabilities(squareform(pdist(rows, "sqeuclidean")).astype(np.float32), 10, 0))
points = random.randn(60, 2)
divergence, gradient = _t_sne._kl_divergence(points.ravel(), squareform(joint), 1, 60, 2)
tsne = TSNE(perplexity=10, method="exact", init="pca", learning_rate="auto", n_iter=1000, random_state=0).fit(rows)
out = {
    "made_by": "scikit-learn " + sklearn.__version__,
    "rows": np.round(rows, 9).tolist(),
    "pca": pca.transform(rows).tolist(),
    "pca_share": pca.explained_variance_ratio_.tolist(),
    "perplexity": 10,
    "joint": joint.tolist(),
    "points": points.tolist(),
    "divergence": divergence,
    "gradient": gradient.reshape(60, 2).tolist(),
    "final_divergence": tsne.kl_divergence_,
}
target = pathlib.Path(__file__).resolve().parents[2] / "tests/Firn.Tests/Golden/map_sklearn.json"
target.write_text(json.dumps(out, separators=(",", ":"), default=float) + "\n")
print(target, out["final_divergence"])
