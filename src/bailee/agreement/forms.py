"""The forms in which contracts define terms, as patterns on the plain view of one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

Quoted = tuple[int, int, int, int]

QUOTED = re.compile(
    '\u00bb(?P<inward>[^"\u00ab\u00bb\n]{1,80})\u00ab'
    '|["\u201c\u201d\u201e\u00ab](?P<double>[^"\u201c\u201d\u201e\u00ab\u00bb\n]{1,80})["\u201c\u201d\u00bb]'
    "|[\u2018\u201a](?P<single>[^\u2018\u2019\n]{1,60})[\u2018\u2019](?![a-z])"
    r"|(?<![A-Za-z])'(?P<straight>[A-Z][^'\n]{1,60})'(?![A-Za-z])"
    r"|\*\*(?P<bold>[^*\n]{1,80})\*\*|__(?P<strong>[A-Za-z][^_\n]{1,80})__"
    r"|(?<![\w*_])[*_](?P<italic>[A-Z][^*_\n]{1,60})[*_](?![\w*_])"
)
BETWEEN = re.compile(
    r"[\s,;/&]{0,4}(?:and|or|and/or)?[\s,]{0,3}(?:the\s+|a\s+|an\s+)?(?:terms?\s+)?$", re.IGNORECASE
)
MEANING = re.compile(
    r"\s*(?:\([^()]{0,80}\)\s*)?,?\s*(?:,[^,;.\"]{0,80},\s*)?"
    r"(?:(?:as\s+used|when\s+used|used)\s+(?:in|herein)[^,.;\"]{0,60},?\s*)?"
    r"(?:(?:in|for)\s+(?:the\s+purposes?\s+of\s+)?this\s+\w+(?:\s+[0-9][\w.()]*)?,?\s+)?"
    r"(?:(?:shall|will|each|also|together|collectively|respectively|both|all|only|here"
    r"|is\s+to|are\s+to|is\s+taken\s+to|are\s+taken\s+to)\s+){0,3}"
    r"(?:means?\b|includes?\b|refers?\s+to\b|(?:is|are)\s+(?:as\s+)?(?:defined|understood|read)\b"
    r"|denotes?\b|covers?\b|comprises?\b|signif(?:y|ies)\b|stands?\s+for\b|describes?\b"
    r"|designates?\b|consists?\s+of\b|mean,"
    r"|(?:have|has|having|bears?|carry|carries|takes?|be\s+given|given)\s+(?:the\s+|its\s+|their\s+)?"
    r"(?:(?:same|respective|following)\s+)*meanings?\b)",
    re.IGNORECASE,
)
# "X" is …: a definition where the sentence or the list member begins with the term.
BEING = re.compile(
    r"\s*(?:\([^()]{0,80}\)\s*)?(?:is|are|shall\s+be)\s+(?!not\b|deemed\b|used\b|to\b|subject\b)",
    re.IGNORECASE,
)
BEGINS = re.compile(
    r"(?:^|[.;:]|[;,]\s*and)[\s|*\u2022\u2013-]*(?:\(?[a-z0-9]{1,4}[.)]\s*)?"
    r"(?:(?:the\s+)?(?:terms?|expressions?|words?)\s+)?(?:the\s|an?\s)?$",
    re.IGNORECASE,
)
HEAD = re.compile(r"\s*(?::|\u2013|-\s|\||=)")
NAMED = re.compile(
    r"(?:hereinafter|hereafter|hereunder|referred\s+to|known|designated|abbreviated|called|calls?"
    r"|named|termed|defined|for\s+short|collectively|individually|together)"
    r"(?:\s+(?:to|as|referred|collectively|the|each|an?|called|individually|jointly|it|this|these"
    r"|them|our|in\s+this\s+\w+(?:\s+[0-9][\w.()]*)?)){0,5}\s*[,:]?\s*$",
    re.IGNORECASE,
)
SAID = re.compile(
    r"(?:(?:when|where|if|whenever)\s+(?:we|this\s+\w+|these\s+\w+)\s+"
    r"(?:say|speak\s+of|write|mention|use|refer\s+to|says?|speaks?\s+of|refers?\s+to|uses?)s?\s+"
    r"(?:the\s+(?:word|term)\s+|an?\s+|the\s+)?|\bby\s+(?:an?\s+|the\s+)?)$",
    re.IGNORECASE,
)
ROLE = re.compile(r"\b(?:is|are|as|be)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
ROLE_SENTENCE = re.compile(
    r"(?:as|within the meaning).{0,30}\b(?:defined|meaning)\b|\bhereinafter\b|\bpurposes? of\b",
    re.IGNORECASE,
)
_JOINED = (
    r"[A-Z][\w/&'-]{0,40}"
    r"(?:\s{1,40}(?:(?:and|of|for|the|to|or)\s{1,40}){0,2}[A-Z(][\w/&')(-]{0,40}){0,6}"
)
_PHRASE = rf"(?<![\w/&'-]){_JOINED}"
DESIGNATED = re.compile(
    r"\b(?:designat|appoint|nominat|nam)(?:e|es|ed|s|ing)?\s+[^.,;\n]{0,120}?\sas\s+(?:its|their"
    r"|the|an?)\s+"
    rf"(?P<term>{_PHRASE})"
)
AS_DEFINED = re.compile(
    rf"(?P<term>{_PHRASE}),?\s+\(?as\s+(?:(?:that|such|those|these)\s+"
    r"(?:terms?|words?|expressions?)\s+(?:is|are)\s+|is\s+)?(?:defined|used)\s+"
    r"(?:in|by|under|at|below|above)\b"
)
# "(the Customer)", "(Supply Agreement)", "(together the Parties)", "(each a Party)".
BRACKETED = re.compile(
    r"\(\s?(?:(?:(?P<lead>the|an?|each,?\s+an?|each|together,?\s+the|together|collectively,?\s+the"
    r"|collectively|jointly,?\s+the|hereinafter,?\s+the|hereinafter|hereafter,?\s+the|hereafter"
    r"|this)\s+){1,2})?"
    r"(?P<term>(?:[A-Z][\w&'/-]{0,30}|of|and|for)"
    r"(?:\s(?:[A-Z][\w&'/-]{0,30}|of|and|for|to)){0,4})\s?\)"
)
# Before an unquoted bracket: it holds the heading of the place, not a name.
AFTER_PLACE = re.compile(
    r"\b(?:sections?|clauses?|articles?|art\.|paragraphs?|parts?|schedules?|annex(?:es)?|chapter"
    r"|appendix|exhibits?|conditions?|items?|rows?|\u00a7)\s[^.;()]{0,60}$",
    re.IGNORECASE,
)
# "hereinafter the Client", "hereafter called Contractor", without quotation marks.
HEREINAFTER = re.compile(
    r"\b(?:hereinafter|hereafter|referred\s+to\s+(?:below\s+)?as|known\s+as)\s*,?\s+"
    r"(?:(?:also|jointly|collectively|individually|each|both|referred|to|as|called|the|an?|known)"
    r"\s+){0,5}"
    rf"(?P<term>{_PHRASE})"
)
AS_ROLE = re.compile(
    rf",\s+as\s+(?:the\s+|an?\s+)?(?P<term>{_PHRASE})(?=[,;.)]|\s+and\b|\s*$)|,\s+the\s+(?P<also>{_PHRASE}),"
)
LABELLED = re.compile(rf"[\s|*]*(?P<term>{_JOINED})\**\s{{0,4}}(?::|\t|\||\.{{4,}})[\s|]*\S")
_VERB = (
    r"\s+(?:(?:shall|will|each|is\s+to|here|also)\s+){0,2}"
    r"(?:means?\b|refers?\s+to\b|ha(?:s|ve)\s+the\s+(?:same\s+)?meaning\b|is\s+defined\b|denotes?\b)"
)
AT_HEAD = re.compile(
    rf"[\s|*\u2022-]*(?:(?:[Tt]he\s+)?(?:term|expression|word)s?\s+)?(?:[Tt]he\s+|[Aa]n?\s+)?"
    rf"(?P<term>{_PHRASE})(?:\s+\((?:the\s+)?\"[^\"]{{1,40}}\"\)|\s+\([A-Z]{{2,8}}\))?{_VERB}"
)
# "In this clause 4, locked room means …": small letters, but plainly a definition.
SMALL = re.compile(
    r"\b[Ii]n\s+this\s+(?:clause|section|paragraph|article|part)(?:\s+[0-9][\w.()]*)?,\s+"
    r"(?:an?\s+|the\s+)?(?P<term>[a-z][\w-]{1,30}(?:\s[a-z][\w-]{1,30}){1,3})\s+means?\b"
)
MIDST = re.compile(rf"(?P<term>{_PHRASE}){_VERB}")
# Rows of a table of definitions, and the heading of such a table.
ROW = re.compile(
    rf"[\s|*\u2022\"-]*(?P<term>{_PHRASE}(?:\((?:s|es)\))?)[\"*]*(?:\s\([^()]{{1,40}}\))?"
    r"\s?(?P<mark>:|\u2013|\s-\s|\||\t|=|\s{3,}|\.{4,})"
)
ROW_HEAD = re.compile(
    r"[\s|*\"]*(?:defined\s+)?(?:terms?|words?|expressions?|defined|definitions?)[\"*]*\s*"
    r"(?:\||\t|:|\s{2,}|\u2013|-)[\s|*]*(?:means?|meanings?|definitions?)\b",
    re.IGNORECASE,
)
# A sentence that gives words their meaning elsewhere: what stands before the verb is defined.
BORROWS = re.compile(
    r"(?:\b(?:have|has|having|bears?|carry|carries|takes?|keeps?|retains?|be\s+given|are\s+given"
    r"|is\s+given)\s+(?:the\s+|their\s+|its\s+)?"
    r"(?:(?:same|respective|following|corresponding|identical)\s+){0,2}meanings?\b"
    r"|\b(?:is|are|be)\s+(?:to\s+be\s+)?(?:as\s+|used\s+as\s+)?defined\s+(?:as\s+)?"
    r"(?:in|by|under|at|within)\b"
    r"|\bare\s+(?:to\s+be\s+)?(?:read|understood)\s+as\s+(?:in|by|under|at|within)\b"
    r"|\bmeans?\s+what\b)"
)
# The words just before that verb, from the last to the first: its subjects and what joins them.
SUBJECT = re.compile(
    r"(?P<term>(?<![\w/&'-])[A-Z][\w/&'-]{0,40}(?:\s(?:of\s)?[A-Z][\w/&'-]{0,40}){0,5})"
    r"(?:\s\([^()]{1,30}\))?(?:[\s,]*(?:and|or)?|\s*[,/]?\s*(?:(?:shall|will|each|all|both|are|is|to"
    r"|also|here|as\s+used\s+in[^,]{1,40})[\s,]*){1,4})\s*$"
)
DEFINITIONS = re.compile(
    r"\b(?:definitions?|defined|glossary|interpretation|meanings?|terminology|dictionary"
    r"|key\s+(?:terms|words)|words|vocabulary|construction|expressions)\b",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"\b(?:definitions?|meanings?|terms|words|expressions|mean|defined)\b[^.]{0,160}[:.]?\s*$"
    r"|^\W{0,3}(?:\S{1,6}\s)?in\s+th(?:is|ese)\s+[\w\s]{2,60}(?::|$)",
    re.IGNORECASE,
)
PARTICULARS = re.compile(
    r"(?:the\s+)?(?:parties|(?:contract\s+)?particulars|key\s+(?:details|terms|facts)"
    r"|contract\s+details|commercial\s+terms|cover\s+(?:page|sheet)|summary|variables)$",
    re.IGNORECASE,
)


def quoted_in(exact: str) -> Iterator[Quoted]:
    """Yield quoted terms: start and end with quotation marks, start and end without."""
    for found in QUOTED.finditer(exact):
        start, end = trimmed(exact, *found.span(found.lastgroup or "double"))
        if start < end:
            yield found.start(), found.end(), start, end


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the white space, marks and points around it."""
    while start < end and text[start] in " \t\u00a0*_\"'":
        start += 1
    while end > start and text[end - 1] in " \t\u00a0*_\"',.;:":
        end -= 1
    return start, end


def grouped(text: str, quoted: list[Quoted]) -> Iterator[list[Quoted]]:
    """Yield runs of quoted terms with nothing but joining words between them."""
    group: list[Quoted] = []
    for term in quoted:
        if group and (
            term[0] - group[-1][1] > 18 or not BETWEEN.match(text[group[-1][1] : term[0]])
        ):
            yield group
            group = []
        group.append(term)
    if group:
        yield group
