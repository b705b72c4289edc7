"""What is said of districts: what a partnership is, why a place has no rate, and what is not shown."""

DISTRICTS = (
    "Places inside this police force area, each as a publisher counted it; one that ended is not listed, and none is a zero because it is not. Offences of which no "
    "place is known are in the number of the force alone, so that the places do not add up to it."
)
PARTNERSHIPS = (
    "Drug offences are counted by community safety partnership: one district, several, or a part of one that was merged since, which has no population of "
    "its own and so no rate."
)
SMALL_RECORDS = "Of records of data.police.uk a year is shown of which every month is held. Small numbers are left out, with others by which they could be worked out from the number of the force."
