"""The code version of an asset: a hash of all that its function can reach, and of the data that it reads beside its inputs."""

from collections.abc import Callable
from typing import Any

import dagster as dg

from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_text
from orchestration.store.paths import Paths


def versioned(paths: Paths, *also: Callable[..., Any]) -> Callable[[dg.AssetsDefinition], dg.AssetsDefinition]:
    """Add to the code version of an asset, which names other data that it reads, the hash of its code and of the registers that this reads.

    ``also`` are functions that run around its own.
    """

    def with_code(asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
        code = hash_function(asset.op.compute_fn.decorated_fn, *also, data=paths.data)  # type: ignore[union-attr]
        return asset.map_asset_specs(
            lambda spec: spec.replace_attributes(code_version=hash_text(code, spec.code_version or ""))
        )

    return with_code
