"""Puts the built web app into what is released; an editable install builds it by make instead."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INDEX = "adapters/http/web/index.html"


class BuildTheWebApp(BuildHookInterface[Any]):
    """Builds what is missing; what is there, as in a source distribution, is taken as it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError where it is missing and cannot be built."""
        del build_data
        root = Path(self.root)
        if version == "editable" or (root / INDEX).is_file():
            return
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError(
                f"{INDEX} is missing and there is no npm to build it: run `make {INDEX}`, or install Node 24"
            )
        for step in (("ci",), ("run", "build")):
            done = subprocess.run(  # noqa: S603  # our own package's build
                [npm, "--silent", *step], cwd=root / "frontend", env=os.environ | {"PATH": path}, check=False
            )
            if done.returncode:
                raise RuntimeError(f"npm {' '.join(step)} failed in frontend/; the lines above say why")
