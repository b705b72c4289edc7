"""What the formulas share: arrays of counts and exposures, checked, and the normal quantile."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def counts_of(values: npt.ArrayLike, what: str = "A count") -> FloatArray:
    """``values`` as floats, missing as NaN, in their own shape; raises ValueError for a negative or infinite one."""
    found = np.asarray(values, dtype=np.float64)
    if np.any(found < 0) or np.any(np.isinf(found)):
        raise ValueError(f"{what} is finite and not negative; use NaN for one that is missing.")
    return found


def exposures_of(values: npt.ArrayLike, what: str = "A population or exposure") -> FloatArray:
    """``values`` as floats, missing as NaN, in their own shape; raises ValueError for one that is not positive or is infinite."""
    found = np.asarray(values, dtype=np.float64)
    if np.any(found <= 0) or np.any(np.isinf(found)):
        raise ValueError(f"{what} is finite and more than zero; use NaN for one that is missing.")
    return found


def complete(values: FloatArray, what: str) -> FloatArray:
    """``values`` unchanged; raises ValueError if one of them is missing, for methods that need the whole set of areas."""
    if np.any(np.isnan(values)):
        raise ValueError(
            f"{what} is missing for an area; leave the area out of both counts and populations, and say so."
        )
    return values


def normal_quantile(confidence: float) -> float:
    """z such that a standard normal variable lies within ±z with probability ``confidence``: 1.959964 for 0.95, 3.090232 for 0.998.

    Raises ValueError unless 0 < confidence < 1.
    """
    from scipy.special import ndtri

    if not 0 < confidence < 1:
        raise ValueError(f"A confidence level lies between 0 and 1, not {confidence}.")
    return float(ndtri(1 - (1 - confidence) / 2))
