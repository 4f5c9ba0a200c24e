"""The twelve questions of the checklist, their answers as Markdown, and the form for a paper."""

from __future__ import annotations

from dataclasses import dataclass

from trends.runs.review.places import Place

DONE, PARTLY, NOT_DONE = "done", "in part", "not done"

#: The questions, and what counts as an answer, for a run and for a paper by hand.
QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "Which documents is the claim about, and what became of the others?",
        "Numbers of records read, kept and dropped, with reasons.",
    ),
    (
        "Are the dates what they seem, and is every period covered as a whole?",
        "Source and precision of dates; periods that are incomplete, and the result without them.",
    ),
    (
        "Does each document count once, and are documents that belong together counted as such?",
        "Near-duplicates and the result without them; authors or outlets as clusters.",
    ),
    (
        "Could a change of sources, lengths or words look like the trend?",
        "Mix of sources, document length and vocabulary over time, and corrected results.",
    ),
    (
        "How was the number of topics chosen?",
        "A rule stated beforehand, and results for other numbers.",
    ),
    (
        "Are the topics found again with other seeds and another kind of model?",
        "Several fits, a measure of agreement, and what becomes of topics that are not found.",
    ),
    (
        "Do the topics hold what their labels say, in the eyes of people?",
        "Documents read by people, with the agreement of coders; or held-out tests of labels.",
    ),
    (
        "Does the test treat periods, not documents, as what varies, and how often does it err?",
        "The unit of the test, and its error rates on data without a trend.",
    ),
    (
        "How many topics were tested, and is p adjusted for all of them?",
        "The number of tests, the adjustment, and all p, also of what was not found.",
    ),
    (
        "Does the claim survive other defensible choices?",
        "Results under other models, numbers of topics, periods and estimators, all of them shown.",
    ),
    (
        "What is found when there is nothing to find, and how small a change could be found?",
        "The same test on shuffled dates; the smallest change that would have been found.",
    ),
    (
        "Was the analysis fixed before the data were seen, and can a stranger carry it out again?",
        "A registered plan with its deviations; data or features, seeds, versions.",
    ),
)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Parameters
    ----------
    question : str
    state : str
        "done", "in part" or "not done".
    text : str
        What the files say.
    places : list of Place
        Where they say it; of what was not done, the line that shows it.
    to_do : str
        The command that would answer it.
    """

    question: str
    state: str
    text: str
    places: list[Place]
    to_do: str = ""


def markdown(answers: list[Answer], title: str) -> str:
    """The answers as Markdown."""
    done = sum(a.state == DONE for a in answers)
    out = [f"# Reviewer's checklist: {title}", "", f"{done} of {len(answers)} done.", ""]
    for i, answer in enumerate(answers, 1):
        out += [f"## {i}. {answer.question}", "", f"**{answer.state}**: {answer.text}", ""]
        out += [f"- `{place}`: `{place.quote.replace('`', chr(39))}`" for place in answer.places]
        out += [f"- to do: {answer.to_do}"] if answer.to_do else []
        out.append("")
    return "\n".join(out)


def blank() -> str:
    """The same questions as a form, for a paper that is read by hand."""
    out = [
        "# Reviewer's checklist",
        "",
        "Paper: ",
        "",
        "Claim, in the words of the paper: ",
        "",
        (
            "State: done, in part, or not done. Where: page and line of the paper or its "
            "supplement, so that a second reader finds it."
        ),
        "",
    ]
    for i, (question, answer) in enumerate(QUESTIONS, 1):
        out += [f"## {i}. {question}", "", f"Looked for: {answer}", ""]
        out += ["- State: ", "- Where: ", "- What it says: ", ""]
    return "\n".join(out)
