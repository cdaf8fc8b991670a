"""Method and limits in plain words, how to cite the page, and the command that makes it again."""

from __future__ import annotations

from html import escape

from fedistats.analysis.edge_stability import SAFE, luck
from fedistats.html_report.html_parts import counted, date, number, rule, text
from fedistats.model import About, NeighborhoodGraph
from fedistats.text.html import clean


def method(about: About, found: NeighborhoodGraph | None) -> str:
    """How it was done, what it cannot say, and what was asked."""
    parts = [
        (
            "What was read",
            [
                "Only what the servers show to everybody. No account was used; a server that said no was left alone.",
                "The newest posts are a sample of some hours. On another day, or at another hour, the figures differ.",
                "A federated timeline holds what a server happens to receive: posts of those whom its people follow, and of relays.",
            ],
        ),
        (
            "Whose words count",
            [
                "People who asked not to be found or indexed, in their settings or in their bios, are left out of everything.",
                "Words of posts are counted of those alone who allow that their posts are searched.",
                "Only what people share is told: a word, a hashtag or a profile field that one person alone uses is not even kept.",
            ],
        ),
    ]
    if found is not None:
        parts.append(("Ties", _ties(found)))
        parts.append(
            (
                "The picture",
                [
                    "A hollow disc was not asked, or showed no posts. Between two of them no tie could be seen, so that there is none"
                    " says nothing.",
                    "Communities are instances that hear more of each other than of the rest (the Louvain method, Blondel et al. 2008)."
                    " What is said to set one apart describes its posts; it is not a name that it gave itself.",
                    "What is close is connected (ForceAtlas2, Jacomy et al. 2014). Left and right, top and bottom mean nothing.",
                ],
            )
        )
    asked = ", ".join(
        f"{key.replace('_', '-')} {value}" for key, value in sorted(about.parameters.items()) if key != "rule"
    )
    lists = "".join(
        f"<h3>{title}</h3><ul>{''.join(f'<li>{text(line, 600)}</li>' for line in lines if line)}</ul>"
        for title, lines in parts
    )
    return f'{lists}<p class="quiet">Asked: {text(asked, 300)}.</p>'


def _ties(found: NeighborhoodGraph) -> list[str]:
    told = rule(found.about)
    lines = [
        f"The rule: {told}." if told else "",
        "A post connects the instance on whose timeline it was read with the one that it was written on.",
        "Big and busy instances write most posts, so they are strong everywhere. Strength says who is heard, not who is liked.",
    ]
    least = found.about.parameters.get("min_posts")
    if isinstance(least, int) and len(found.edges):
        trust = luck(found, least)
        fallen = f"; {number(trust.shaky)} would more likely miss the threshold than reach it" if trust.shaky else ""
        lines.append(
            f"Luck: had other posts of the same timelines been read, {number(trust.safe)} of the {counted(trust.edges, 'tie')}"
            f" would almost surely stand again (in at least {SAFE:.0%} of all samples of as many posts){fallen}."
            " (A bootstrap over posts, Efron 1979.)"
        )
    return lines


def citation(about: About) -> str:
    host, version = clean(about.host, 253), clean(about.version, 30)
    sentence = f"fedistats {version}: a report on {host}, collected on {date(about)}."
    bibtex = (
        f"@misc{{fedistats,\n  title  = {{A report on {host}}},\n  author = {{{{fedistats {version}}}}},\n"
        f"  year   = {{{clean(about.date[:4], 4)}}},\n  note   = {{Collected on {date(about)}}}\n}}"
    )
    return f'<p>{escape(sentence)}</p><pre tabindex="0" role="region" aria-label="BibTeX">{escape(bibtex)}</pre>'


def again(command: str, about: About) -> str:
    """The command, and what is needed to run it."""
    return (
        f"<p>On a computer with a network and fedistats {text(about.version, 40)}:</p>"
        f'<pre tabindex="0" role="region" aria-label="Commands">{text(command, 2000)}</pre>'
        "<p>Over what was collected, the same command makes the same page. Asked anew, the servers have newer posts.</p>"
    )
