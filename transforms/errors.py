"""The errors that a build may end with. Each message is one sentence that names source, edition, table and cell, and says what to do."""


class CountyLinesError(Exception):
    """Anything this project refuses to go on with; the command line prints its message and exits non-zero."""


class LayoutError(CountyLinesError):
    """A published file is not laid out as its layout row says: a sheet, header, label or value is not where it should be."""


class RegisterError(CountyLinesError):
    """An authored file (source, register, layout, correction) contradicts itself, the data, or matches nothing."""


class UnmatchedError(CountyLinesError):
    """A name, measure label, period or sentinel in a cell has no meaning in the registers."""


class ContractError(CountyLinesError):
    """A table broke a critical rule of its contract."""


class FetchError(CountyLinesError):
    """A publisher's page or file could not be had: no answer, an error, a body that ends too early or takes too long."""


class RefusedError(FetchError):
    """What a publisher's server sent, or where it sent us, is not what the register allows; it is not kept."""


class StoreError(CountyLinesError):
    """A store does not answer, or has another version of a file than it listed: it says nothing of what is in the file."""


class NotComparableError(CountyLinesError):
    """Two figures whose grade does not allow what was asked of them: a percentage, a rank or a test."""
