"""An answer in time, whether or not the work ends."""

import asyncio

from meta_inbox.adapters.http.deadlines import Deadlines


class Answers:
    """Counts the late answers."""

    def __init__(self) -> None:
        self.late = 0

    async def __call__(self) -> None:
        self.late += 1


async def test_work_that_ends_in_time_may_answer() -> None:
    deadlines, answers = Deadlines(0.05), Answers()
    entry = deadlines.begin(answers)
    assert deadlines.end(entry)
    await asyncio.sleep(0.1)
    assert answers.late == 0


async def test_work_that_does_not_end_is_answered_for_once_and_may_not_answer_any_more() -> None:
    deadlines, answers = Deadlines(0.05), Answers()
    entry = deadlines.begin(answers)
    await asyncio.sleep(0.15)
    assert answers.late == 1
    assert not deadlines.end(entry)


async def test_each_of_many_has_its_own_time() -> None:
    deadlines, answers = Deadlines(0.1), Answers()
    entries: list[object] = []
    for _ in range(5):
        entries.append(deadlines.begin(answers))
        await asyncio.sleep(0.03)
    assert 1 <= answers.late < 5
    assert deadlines.end(entries[-1])
    await asyncio.sleep(0.2)
    assert answers.late == 4


async def test_it_works_again_after_it_was_idle() -> None:
    deadlines, answers = Deadlines(0.03), Answers()
    deadlines.end(deadlines.begin(answers))
    await asyncio.sleep(0.06)
    deadlines.begin(answers)
    await asyncio.sleep(0.08)
    assert answers.late == 1


async def test_a_late_answer_that_fails_harms_nobody() -> None:
    async def fails() -> None:
        raise ConnectionResetError

    deadlines, answers = Deadlines(0.02), Answers()
    deadlines.begin(fails)
    deadlines.begin(answers)
    await asyncio.sleep(0.08)
    assert answers.late == 1
