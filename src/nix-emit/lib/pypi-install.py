"""Installs Python distributions without pip.

pypi-install.py wheel WHEEL OUT            unpacks a wheel (binary distribution format, PEP 427) below OUT
pypi-install.py build SDIST DIRECTORY      builds a wheel through the hooks of its backend (PEP 517)
pypi-install.py environment LIST OUT       links what the distributions in LIST hold into one environment
"""

import configparser
import importlib
import os
import re
import sys
import tarfile
import zipfile

SITE = os.path.join("lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "site-packages")
SCHEMES = {"purelib": SITE, "platlib": SITE, "scripts": "bin", "data": "", "headers": "include"}


def fail(message):
    sys.exit(f"enki: {message}")


def inner_path(name, archive):
    """The path of a member, or the end of the program when it leaves its folder."""
    steps = [step for step in name.split("/") if step not in ("", ".")]
    if name.startswith("/") or ".." in steps or "\\" in name or "\0" in name:
        fail(f"{os.path.basename(archive)} holds {name!r}, which leaves its folder")
    return os.path.join(*steps) if steps else ""


def write(path, content, executable):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    os.chmod(path, 0o755 if executable else 0o644)


def install_wheel(wheel, out):
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            path = inner_path(info.filename, wheel)
            if path == "" or info.is_dir():
                continue
            first, _, rest = path.partition(os.sep)
            target = os.path.join(SITE, path)
            executable = bool((info.external_attr >> 16) & 0o111)
            if first.endswith(".data"):
                scheme, _, inside = rest.partition(os.sep)
                if scheme not in SCHEMES or inside == "":
                    fail(f"{os.path.basename(wheel)} has the unknown scheme {scheme!r}")
                target = os.path.join(SCHEMES[scheme], inside)
                executable = executable or scheme == "scripts"
            write(os.path.join(out, target), archive.read(info), executable)


def unpack_sdist(sdist, directory):
    """Regular files only, all below `directory`; gives the folder that an sdist has at its top."""
    if zipfile.is_zipfile(sdist):
        with zipfile.ZipFile(sdist) as archive:
            for info in archive.infolist():
                path = inner_path(info.filename, sdist)
                if path and not info.is_dir():
                    write(os.path.join(directory, path), archive.read(info), bool((info.external_attr >> 16) & 0o111))
    else:
        with tarfile.open(sdist) as archive:
            for member in archive:
                path = inner_path(member.name, sdist)
                if member.issym() or member.islnk():
                    steps = os.path.normpath(os.path.join(os.path.dirname(path), member.linkname))
                    if member.issym() and (member.linkname.startswith("/") or steps.startswith("..")):
                        fail(f"{os.path.basename(sdist)} links {member.name!r} to {member.linkname!r}")
                    continue
                if member.isfile():
                    content = archive.extractfile(member).read()
                    write(os.path.join(directory, path), content, bool(member.mode & 0o111))
    tops = os.listdir(directory)
    return os.path.join(directory, tops[0]) if len(tops) == 1 else directory


def build_system(source):
    """The backend, and the folders to find it in, as [build-system] of pyproject.toml names them."""
    path = os.path.join(source, "pyproject.toml")
    table = {}
    if os.path.exists(path):
        try:
            import tomllib
        except ImportError:
            import tomli as tomllib
        with open(path, "rb") as file:
            table = tomllib.load(file).get("build-system", {})
    backend = table.get("build-backend", "setuptools.build_meta:__legacy__")
    return backend, [os.path.join(source, folder) for folder in table.get("backend-path", [])]


def copy_checkout(checkout, directory):
    """Regular files, writable; a checkout has no other folder around it."""
    for folder, _, names in os.walk(checkout):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                with open(path, "rb") as file:
                    target = os.path.join(directory, os.path.relpath(path, checkout))
                    write(target, file.read(), os.access(path, os.X_OK))
    return directory


def build_wheel(sdist, directory, subdirectory=""):
    take = copy_checkout if os.path.isdir(sdist) else unpack_sdist
    source = os.path.join(take(sdist, os.path.abspath("source")), subdirectory)
    os.makedirs(directory, exist_ok=True)
    directory = os.path.abspath(directory)
    backend, folders = build_system(source)
    os.chdir(source)
    sys.path[:0] = folders
    module, _, attribute = backend.partition(":")
    if attribute == "__legacy__":
        sys.path.insert(0, source)
    hooks = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        hooks = getattr(hooks, part)
    hooks.build_wheel(directory)


def link_tree(source, target):
    """Folders are made, files are linked; of two files with one name the first stays."""
    for name in sorted(os.listdir(source)):
        inside, place = os.path.join(source, name), os.path.join(target, name)
        if os.path.isdir(inside) and not os.path.islink(inside):
            os.makedirs(place, exist_ok=True)
            link_tree(inside, place)
        elif not os.path.lexists(place):
            os.symlink(inside, place)


def console_scripts(site):
    for folder in sorted(os.listdir(site)):
        path = os.path.join(site, folder, "entry_points.txt")
        if folder.endswith(".dist-info") and os.path.exists(path):
            parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
            parser.optionxform = str
            parser.read(path, encoding="utf-8")
            for group in ("console_scripts", "gui_scripts"):
                if parser.has_section(group):
                    yield from parser.items(group)


def write_script(path, python, name, reference):
    match = re.match(r"([\w.]+)\s*:\s*([\w.]+)", reference)
    if match is None or not re.fullmatch(r"[\w][\w.+-]*", name):
        fail(f"the command {name!r} = {reference!r} can't be written")
    module, attribute = match.groups()
    first = attribute.split(".")[0]
    text = f"#!{python}\nimport sys\nfrom {module} import {first}\nif __name__ == '__main__':\n    sys.exit({attribute}())\n"
    write(path, text.encode(), True)


def make_environment(listing, out):
    with open(listing) as file:
        distributions = file.read().split()
    site = os.path.join(out, SITE)
    os.makedirs(site, exist_ok=True)
    for distribution in distributions:
        link_tree(distribution, out)
    binaries = os.path.join(out, "bin")
    os.makedirs(binaries, exist_ok=True)
    interpreter = os.path.realpath(sys.executable)
    python = os.path.join(binaries, "python3")
    for name in ("python", "python3", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        os.symlink(interpreter, os.path.join(binaries, name))
    with open(os.path.join(out, "pyvenv.cfg"), "w") as file:
        file.write(f"home = {os.path.dirname(interpreter)}\ninclude-system-site-packages = false\n")
    for name in sorted(os.listdir(binaries)):
        path = os.path.join(binaries, name)
        if os.path.realpath(path) == interpreter or not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            content = file.read()
        match = re.match(rb"#![^\n]*python[^\n]*", content)
        if match is not None:
            os.remove(path)
            write(path, b"#!" + python.encode() + content[match.end() :], True)
    for name, reference in console_scripts(site):
        path = os.path.join(binaries, name)
        if os.path.lexists(path):
            os.remove(path)
        write_script(path, python, name, reference)


def main():
    command, first, second, *rest = sys.argv[1:]
    if command == "wheel":
        install_wheel(first, second)
    elif command == "build":
        build_wheel(first, second, *rest)
    elif command == "environment":
        make_environment(first, second)
    else:
        fail(f"unknown command {command!r}")


main()
