"""Housing-needs assessment for German municipalities that anyone can rerun, check and trust."""

import os

# Small products of matrices only: threads of the linear algebra cost more than they give, and the order in
# which they add could change the last digit. Whoever sets the variable decides otherwise.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
