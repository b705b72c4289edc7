"""Layer report, last step: what is outside the build. Materialised when somebody asks for it, never by a build."""

from collections import Counter

import dagster as dg

from orchestration.assets.code_versions import versioned
from orchestration.store.paths import Paths

DELIVERY = dg.AssetKey(["report", "delivery"])
_TAKEN = "The mail server took every letter, and none came back."


def delivery_asset(paths: Paths) -> dg.AssetsDefinition:
    """The asset report/delivery, with the check whether every letter was taken."""

    @versioned(paths)
    @dg.asset(
        key=DELIVERY,
        group_name="report",
        description=(
            "Publishes the finished edition in one step to a folder or object store, then writes to its subscribers, once each; before its time "
            "of release it only notes that time. The same as countylines deliver; the environment says where to and to whom (docs/delivery.md)."
        ),
        owners=["team:reporting"],
        kinds={"atom", "email"},
        deps=[["report", "site"]],
        check_specs=[
            dg.AssetCheckSpec(
                "every_letter_was_taken",
                asset=DELIVERY,
                description=_TAKEN,
            )
        ],
    )
    def delivery(paths: dg.ResourceParam[Paths]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from orchestration.delivery.from_environment import deliver_from_environment

        done = deliver_from_environment(paths)
        open_letters = [letter for letter in done.letters if letter.state != "sent"]
        states = "\n".join(f"- {letter.state}: {letter.subject}, {letter.reply}" for letter in open_letters)
        counted = Counter(letter.state for letter in open_letters)
        wrong = ", ".join(f"{number} {state}" for state, number in sorted(counted.items()))
        check = dg.AssetCheckResult(
            passed=done.is_whole,
            check_name="every_letter_was_taken",
            severity=dg.AssetCheckSeverity.WARN,
            description=_TAKEN,
            metadata={
                "letters": len(done.letters),
                "rows failing": len(open_letters),
                "not taken": dg.MetadataValue.md(states or "none"),
                **({"what is wrong": f"of {len(done.letters)} letters {wrong}"} if wrong else {}),
            },
        )
        facts: dict[str, str | int] = {
            "edition": done.edition,
            "outcome": done.outcome,
            "files": done.files,
            "bytes": done.bytes,
        }
        return dg.MaterializeResult(metadata=facts, check_results=[check])

    return delivery
