"""Writes tests/Firn.Tests/Golden/study.json: values of SciPy and NumPy for the tests of Firn.Study's statistics.

McNemar's exact test is the two-sided binomial test of the discordant pairs with probability 1/2 (scipy.stats.binomtest).
The intervals are those of scipy.stats.bootstrap, method percentile, for one seed: the texts alone are resampled there.
Run from the repository root:
  /usr/bin/python3 tools/golden/study_scipy.py
"""
import json

import numpy as np
from scipy import stats

pairs = [(0, 0), (1, 0), (0, 5), (3, 3), (10, 2), (25, 40), (7, 31), (118, 90), (400, 402), (1000, 900), (3, 1500), (2600, 2300)]
mcnemar = [dict(b=b, c=c, p=1.0 if b + c == 0 else stats.binomtest(b, b + c, 0.5).pvalue) for b, c in pairs]

rng = np.random.default_rng(5)
values = rng.normal(size=41)
quantiles = [dict(share=q, value=float(np.quantile(values, q))) for q in (0.0, 0.025, 0.3, 0.5, 0.975, 1.0)]

n = 900
base = (rng.random(n) < 0.8).astype(int)
other = np.where(rng.random(n) < 0.12, 1 - base, base)
mean = stats.bootstrap((base,), np.mean, n_resamples=20000, method="percentile", random_state=rng).confidence_interval
gap = stats.bootstrap((other - base,), np.mean, n_resamples=20000, method="percentile", random_state=rng).confidence_interval

rng = np.random.default_rng(11)
paired = []
for texts, shift in ((40, 0.0), (300, 0.05), (900, -0.02)):
    gap_of = rng.choice([-1, 0, 1], size=texts, p=[0.1 - shift / 2, 0.8, 0.1 + shift / 2])
    low = stats.ttest_1samp(gap_of, -0.05, alternative="greater").pvalue
    high = stats.ttest_1samp(gap_of, 0.05, alternative="less").pvalue
    paired.append(dict(differences=gap_of.tolist(), p=float(stats.ttest_1samp(gap_of, 0).pvalue), equivalence=float(max(low, high))))
t = [dict(t=x, degrees=d, p=float(2 * stats.t.sf(abs(x), d))) for x, d in ((0.3, 1.7), (2.1, 2.0), (-4.4, 11.3), (1.96, 5000.0), (30.0, 3.2))]
binomial = [dict(k=k, n=m, p=q, below=float(stats.binom.cdf(k, m, q))) for k, m, q in ((0, 59, 0.05), (3, 200, 0.05), (400, 10000, 0.05), (10, 10, 0.3), (0, 1, 0.5))]
# Holm's paper, by its definition: sorted, times what is left, never falling.
family = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03]
order = np.argsort(family, kind="stable")
holm = np.empty(len(family))
holm[order] = np.maximum.accumulate(np.minimum(1, (len(family) - np.arange(len(family))) * np.array(family)[order]))

json.dump(dict(paired=paired, t=t, binomial=binomial, holm=dict(p=family, adjusted=holm.tolist()), mcnemar=mcnemar, values=values.tolist(), quantiles=quantiles,
               outcomes=dict(base=base.tolist(), other=other.tolist(), mean=[float(mean.low), float(mean.high)],
                             difference=[float(gap.low), float(gap.high)])),
          open("tests/Firn.Tests/Golden/study.json", "w"))
