"""Which code a function can reach, found in the code itself: modules, files that they read beside them, registers, and libraries.

Standard library only. A module counts as a whole, with every module that it imports, inside functions too; of the module of the function
itself only the definitions that the function names. Imports for type checkers alone do not count.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from sys import stdlib_module_names
from typing import Any, TypeGuard

from orchestration.store.hashes import digest_of
from orchestration.store.paths import PROJECT

_PACKAGES = ("orchestration", "reports", "transforms")
# Only modules with these words import or read what is not said by a statement.
_BY_EXPRESSION = ("__file__", "import_module")
# What reads a register by the name that it is given.
_READS = "read_register"


@dataclass(frozen=True)
class Reached:
    """What a piece of code can reach: ``modules`` and other ``files`` of the project, ``libraries`` by the names by which they are imported.

    ``texts`` are what is written out in modules that read registers: the names of the registers among them are those that are read.
    """

    modules: frozenset[str] = frozenset()
    files: frozenset[Path] = frozenset()
    libraries: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def hash_function(*functions: Callable[..., Any], data: Path | None = None) -> str:
    """SHA-256 over all that functions can reach: own definitions, modules with what these import, files beside them, versions of libraries.

    With the folder of authored data the registers and corrections that they read count too.
    """
    parts = [part for function in functions for part in (_code_of(function), *_read(reach_of(function), data))]
    return sha256("\n".join(parts).encode()).hexdigest()


@cache
def _code_of(function: Callable[..., Any]) -> str:
    """SHA-256 over all that a function can reach but for authored data: code that runs does not change."""
    found = reach_of(function)
    lines = [*sorted(map(_digest, found.files)), *sorted(map(_version, found.libraries))]
    return sha256("\n".join([*_own(function)[0], *lines]).encode()).hexdigest()


def _read(found: Reached, data: Path | None) -> list[str]:
    return [f"{file.relative_to(data)}:{digest_of(file)}" for file in registers_in(found, data)] if data else []


@cache
def reach_of(function: Callable[..., Any]) -> Reached:
    """What a function can reach; of its own module only what its definition names."""
    return reached(_own(function)[1])


def registers_in(found: Reached, data: Path) -> list[Path]:
    """The registers and corrections in the folder of authored data that code can read, sorted."""
    registers = [file for file in (data / "registers").glob("*.csv") if file.stem in found.texts]
    corrections = (data / "corrections").glob("*.toml") if "corrections" in found.texts else ()
    return sorted([*registers, *corrections])


@cache
def reached(named: Reached) -> Reached:
    """What modules of this project can reach, themselves and the packages that they are in included, beside what is named already."""
    found = {"": named}
    pending = set(named.modules)
    while pending:
        module = pending.pop()
        found[module] = _imports(module)
        pending |= ({*found[module].modules, module.rpartition(".")[0]}) - found.keys()
    every = found.values()
    return Reached(
        frozenset(found.keys() - {""}),
        frozenset().union(map(_source, found.keys() - {""}), *(each.files for each in every)),
        frozenset().union(*(each.libraries for each in every)),
        frozenset().union(*(each.texts for each in every)),
    )


@cache
def _imports(module: str) -> Reached:
    """What one module imports and reads itself."""
    return _named_in([_tree(module)], module)


def _named_in(nodes: Iterable[ast.AST], module: str) -> Reached:
    """What parts of a module import and read."""
    modules, libraries, files, texts = set[str](), set[str](), set[Path](), set[str]()
    in_expressions = any(word in _text(module) for word in _BY_EXPRESSION)
    reads_registers = _READS in _text(module) and f"def {_READS}" not in _text(module)
    for node in nodes:
        for part in _everything(node) if in_expressions or reads_registers else _statements(node):
            for name in _imported(part, module):
                if name.partition(".")[0] in _PACKAGES:
                    modules.add(name)
                elif name.partition(".")[0] not in stdlib_module_names:
                    libraries.add(name.partition(".")[0])
            if in_expressions:
                files |= _beside(part, module)
            if reads_registers and isinstance(part, ast.Constant) and isinstance(part.value, str):
                texts.add(part.value)
    return Reached(frozenset(modules), frozenset(files), frozenset(libraries), frozenset(texts))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A node and the statements below it, without the expressions in them, but for what stands under ``if TYPE_CHECKING``."""
    yield node
    parts = ("orelse",) if _is_for_type_checkers(node) else ("body", "handlers", "orelse", "finalbody", "cases")
    for part in parts:
        below = getattr(node, part, [])
        for child in (
            below if isinstance(below, list) else []
        ):  # of a lambda and a conditional expression they are expressions
            yield from _statements(child)


def _everything(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it but for what stands under ``if TYPE_CHECKING``; of a path only the whole."""
    yield node
    if _path(node, Path()) is None:
        for child in node.orelse if _is_for_type_checkers(node) else ast.iter_child_nodes(node):
            yield from _everything(child)


def _is_for_type_checkers(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _imported(node: ast.AST, module: str) -> list[str]:
    """The modules that one statement imports; every module of a package where the name is put together at run time."""
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom(module=base, names=names, level=0):
            assert base is not None
            return [whole if _is_module(whole := f"{base}.{name.name}") else base for name in names]
        case ast.Call(
            func=ast.Attribute(attr="import_module"), args=[ast.JoinedStr(values=[ast.Constant(value=str(start)), *_])]
        ):
            return [f"{start}{file.stem}" for file in sorted(PROJECT.joinpath(*start.split(".")).glob("[!_]*.py"))]
        case ast.ImportFrom() | ast.Call(func=ast.Attribute(attr="import_module")):
            raise ValueError(
                f"{module}, line {node.lineno}: it cannot be told what is imported here; name the package in full."
            )
    return []


def _beside(node: ast.AST, module: str) -> set[Path]:
    """The files that a path names which is put together from ``__file__``, in the packages of the project."""
    place = _path(node, _source(module))
    if place is None or place == PROJECT:
        return set()
    found = [place] if place.is_file() else place.rglob("*")
    return {file for file in found if file.is_file() and file.suffix not in {".py", ".pyc"}}


def _path(node: ast.AST, file: Path) -> Path | None:
    """The path that an expression such as ``Path(__file__).parents[1] / "templates"`` stands for, as far as it is written out."""
    match node:
        case ast.Call(func=ast.Name(id="Path"), args=[ast.Name(id="__file__")]):
            return file
        case ast.Call(func=ast.Attribute(value=value, attr="resolve")):
            return _path(value, file)
        case ast.Attribute(value=value, attr="parent"):
            below = _path(value, file)
            return below and below.parent
        case ast.Subscript(value=ast.Attribute(value=value, attr="parents"), slice=ast.Constant(value=int(up))):
            below = _path(value, file)
            return below and below.joinpath(*[".."] * (up + 1)).resolve()
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            below = _path(left, file)
            return below / str(right.value) if below is not None and isinstance(right, ast.Constant) else below
    return None


@cache
def _own(function: Callable[..., Any]) -> tuple[list[str], Reached]:
    """Of a function: the text of the definitions in its module that it names, its own first, and what these import and read."""
    module = function.__module__
    scopes: list[ast.AST] = [_tree(module)]
    for name in function.__qualname__.split(".<locals>."):
        scopes.append(_bound(scopes[-1])[name])
    definition = scopes.pop()
    assert isinstance(definition, ast.FunctionDef)
    # What decorates an asset says how it is shown, not what it makes.
    pending: list[ast.AST] = [*definition.body, definition.args]
    bindings = [_bound(scope) for scope in reversed(scopes)]
    seen, imports = list[ast.AST](), list[ast.AST]()
    while pending:
        node = pending.pop(0)
        if any(node is other for other in seen):
            continue
        seen.append(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                found = next((names[part.id] for names in bindings if part.id in names), None)
                if isinstance(found, ast.Import | ast.ImportFrom):
                    imports.append(_only(found, part.id))
                elif found is not None:
                    pending.append(found)
    packages = {module.rpartition(".")[0]} - {""}
    named = _named_in([*seen, *imports], module)
    return [ast.dump(node) for node in seen], replace(named, modules=named.modules | packages)


def _only(node: ast.Import | ast.ImportFrom, name: str) -> ast.AST:
    """The import of one name, of all that a statement imports."""
    names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) == name]
    return ast.Import(names) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, names, node.level)


def _bound(scope: ast.AST) -> dict[str, ast.AST]:
    """The statement that gives each name its meaning in a module, class or function, but for those inside other functions."""
    found: dict[str, ast.AST] = {}
    pending = list(ast.iter_child_nodes(scope))
    while pending:
        node = pending.pop(0)
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = node
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update({alias.asname or alias.name.partition(".")[0]: node for alias in names})
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update(
                    {part.id: node for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
                )
            case ast.If() | ast.With() | ast.For() | ast.Try():
                pending += list(ast.iter_child_nodes(node))
    return found


@cache
def _is_module(name: str) -> bool:
    if name.partition(".")[0] not in _PACKAGES:
        return False
    place = PROJECT.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


@cache
def _source(module: str) -> Path:
    place = PROJECT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@cache
def _text(module: str) -> str:
    return _source(module).read_text(encoding="utf-8")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_text(module))


@cache
def _digest(file: Path) -> str:
    return f"{file.relative_to(PROJECT)}:{digest_of(file)}"


@cache
def _version(library: str) -> str:
    """A library, by the name by which it is imported, and its installed version; none where it is not installed."""
    try:
        return f"{library}=={version(library)}"
    except PackageNotFoundError:
        names = sorted(set(packages_distributions().get(library, [])))
        return "; ".join([library, *(f"{name}=={version(name)}" for name in names)])
