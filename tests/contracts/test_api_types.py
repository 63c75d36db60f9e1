"""The web app's types are those of the API as it is now."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from scripts.openapi import described

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"


def test_the_types_of_the_web_app_are_made_of_the_present_document(tmp_path: Path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(asyncio.run(described()), encoding="utf-8")
    made = tmp_path / "schema.d.ts"
    maker = FRONTEND / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(maker), str(document), "--default-non-nullable=false", "-o", str(made)]
    ran = subprocess.run(command, cwd=FRONTEND, env=os.environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    kept = FRONTEND / "src" / "api" / "schema.d.ts"
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8"), "npm run api"
