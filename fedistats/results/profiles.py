"""The profiles of an instance: the words of the bios, and the distributions of account age, followers and posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from fedistats.errors import NothingFound
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import result_json
from fedistats.export.schema import Table
from fedistats.export.tables import Row
from fedistats.hosts import Host
from fedistats.model import Outcome, ProfileCounts
from fedistats.results.figures import theme_by_name
from fedistats.results.reading import about, not_collected
from fedistats.settings import DEFAULT_MIN_PEOPLE, ThemeName, check, check_choice
from fedistats.store import collections, directories, instances, profile_counts, queries, terms
from fedistats.store.database import Database
from fedistats.store.directories import Directory
from fedistats.store.terms import BIO, FIELD
from fedistats.text.ranking import rank_terms

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

    from fedistats.render.cloud.cloud import WordCloud

ProfilesTable = Literal["words", "distributions"]
ProfilesPicture = Literal["cloud", "words", "distributions"]


class Profiles(ProfileCounts):
    """Who is on an instance: the words of the bios, and how account age, followers and posts are distributed."""

    __slots__ = ()

    @classmethod
    def read(
        cls,
        db: Database,
        host: Host,
        *,
        min_people: int = DEFAULT_MIN_PEOPLE,
        max_words: int = 200,
        stopwords: Collection[str] = (),
        keep: Collection[str] = (),
    ) -> Profiles:
        """The newest collected profiles of `host`: the `max_words` most common words that at least `min_people` people use.

        `stopwords` are left out too; `keep` are shown although they are stop words. Raises NotCollected; NothingFound if the directory is
        closed or empty, or if the server has too few people for statistics about them.
        """
        for collection in collections.find(db, host):
            directory = directories.load(db, collection, collection.start)
            if directory is None or directory.outcome is None:
                continue
            info = instances.load(db, collection, collection.start)
            users = info.users if info and info.users is not None else directory.listed
            _check_readable(collection.start, directory, directory.outcome, users)
            begun = datetime.fromtimestamp(collection.begun_at, UTC)
            measures = (profile_counts.CREATED, profile_counts.FOLLOWERS, profile_counts.POSTS)
            counts = {measure: queries.profile_counts(db, directory, measure) for measure in measures}
            return cls(
                about=about(collection, {"min_people": min_people}),
                host=collection.start,
                title=info.title if info else "",
                listed=directory.listed,
                left_out=directory.left_out,
                with_bio=directory.with_bio,
                words=rank_terms(
                    terms.load(db, BIO, directory.id),
                    min_people=min_people,
                    max_words=max_words,
                    stopwords=stopwords,
                    keep=keep,
                ),
                distributions=profile_counts.distributions(counts, begun.year, begun.month),
                outcome=directory.outcome,
                reason=directory.reason,
                fields=rank_terms(terms.load(db, FIELD, directory.id), min_people=min_people),
            )
        raise not_collected("profiles", host)

    def to_pandas(self, table: ProfilesTable = "words") -> pandas.DataFrame:
        """One of the tables "words" and "distributions" of docs/schema.md; `attrs` holds the provenance.

        Raises MissingExtra without the extra `pandas`; InvalidSetting for another table.
        """
        return data_frames.to_pandas(*self._table(table), tables.provenance(self.about))

    def to_polars(self, table: ProfilesTable = "words") -> polars.DataFrame:
        """The same tables for polars. Raises MissingExtra without the extra `polars`; InvalidSetting for another table."""
        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """The JSON that `fedistats profiles --json` prints."""
        return result_json("profiles", self).decode()

    def png(
        self,
        picture: ProfilesPicture = "cloud",
        *,
        theme: ThemeName = "light",
        width: int = 1600,
        height: int = 1000,
        font: Path | None = None,
        mask: bytes | None = None,
    ) -> bytes:
        """One of the pictures that the command writes, as PNG: "cloud", "words" or "distributions".

        For the cloud, `width` and `height` are in pixels, `font` is a font file that is preferred, and `mask` is an image whose dark parts
        are filled with words. Raises NothingFound for words if there are none; InvalidFile if `font` or `mask` cannot be read;
        InvalidSetting.
        """
        from fedistats.render import figures
        from fedistats.render.cloud.png import cloud_png

        if picture == "cloud":
            return cloud_png(draw_cloud(self, theme, width, height, font, mask))
        return figures.png(draw_chart(self, picture, theme))

    def svg(
        self,
        picture: ProfilesPicture = "cloud",
        *,
        theme: ThemeName = "light",
        width: int = 1600,
        height: int = 1000,
        font: Path | None = None,
        mask: bytes | None = None,
    ) -> bytes:
        """The same pictures as SVG."""
        from fedistats.render import figures
        from fedistats.render.cloud.svg import cloud_svg

        if picture == "cloud":
            return cloud_svg(draw_cloud(self, theme, width, height, font, mask))
        return figures.svg(draw_chart(self, picture, theme))

    def _repr_png_(self) -> bytes:
        return self.png("cloud" if self.words else "distributions")

    def __repr__(self) -> str:
        return f"<Profiles of {self.host}, {self.about.date[:10]}: {self.counted:,} people counted, {len(self.words):,} words>"

    def _table(self, table: ProfilesTable) -> tuple[Table, Iterable[Row]]:
        check_choice("table", table, get_args(ProfilesTable))
        if table == "words":
            return schema.WORDS, tables.words(self)
        return schema.DISTRIBUTIONS, tables.distributions(self)


def draw_cloud(
    profiles: Profiles,
    theme: ThemeName,
    width: int = 1600,
    height: int = 1000,
    font: Path | None = None,
    mask: bytes | None = None,
) -> WordCloud:
    """The words of the bios as a cloud. Raises what `Profiles.png` raises."""
    from fedistats.render.cloud.caption import bios_caption, bios_title
    from fedistats.render.cloud.cloud import compose_cloud

    check(width=width, height=height)
    _check_words(profiles)
    return compose_cloud(
        profiles.words,
        title=bios_title(profiles),
        caption=bios_caption(profiles),
        theme=theme_by_name(theme),
        width=width,
        height=height,
        max_words=len(profiles.words),
        font=font,
        mask=mask,
    )


def draw_chart(profiles: Profiles, picture: ProfilesPicture, theme: ThemeName) -> Figure:
    """The words or the distributions as a matplotlib figure. Raises what `Profiles.png` raises."""
    from fedistats.render.charts.distributions import draw_distributions
    from fedistats.render.charts.word_bars import draw_word_bars

    check_choice("picture", picture, get_args(ProfilesPicture))
    if picture == "words":
        _check_words(profiles)
        return draw_word_bars(profiles, theme=theme_by_name(theme))
    return draw_distributions(profiles, theme=theme_by_name(theme))


def _check_words(profiles: Profiles) -> None:
    if not profiles.words:
        raise NothingFound(f"no word is used by enough people of {profiles.host} to be shown")


def _check_readable(host: Host, directory: Directory, outcome: Outcome, users: int) -> None:
    """Raise NothingFound if the directory shows nothing, or if the server is too small for statistics of its people."""
    if outcome is Outcome.CLOSED:
        closed = directory.reason in ("", "missing")
        reason = "closed by its owner" if closed else directory.reason
        raise NothingFound(f"{host} has no public directory of profiles: {reason}")
    if not directory.listed and outcome is not Outcome.COMPLETE:
        reason = f" ({directory.reason})" if directory.reason else ""
        raise NothingFound(f"the directory of {host} could not be read: {outcome}{reason}")
    if not directory.listed:
        raise NothingFound(f"the directory of {host} is empty: no account has opted in to be listed")
    if users < profile_counts.MIN_GROUP_SIZE:
        raise NothingFound(
            f"{host} has fewer than {profile_counts.MIN_GROUP_SIZE} people, so no statistics about its people are shown"
        )
