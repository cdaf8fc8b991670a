"""A word cloud as PNG."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from fedistats.render.cloud.cloud import WordCloud
from fedistats.render.fonts.text_images import emoji_image

_MAX_OVERSAMPLED = 4_000_000
"""Pixels: larger pictures are drawn at their own size."""


def cloud_png(cloud: WordCloud) -> bytes:
    """The picture as a PNG file. The same cloud gives the same bytes."""
    # Pillow puts each letter on a whole pixel; drawn twice as big and reduced, small words have even gaps
    scale = 2 if cloud.width * cloud.height <= _MAX_OVERSAMPLED else 1
    image = Image.new("RGB", (cloud.width * scale, cloud.height * scale), cloud.theme.background)
    draw = ImageDraw.Draw(image)
    for word in cloud.words:
        text, size = word.word.text, word.size * scale
        if word.face.colored:
            emoji = emoji_image(word.face, text, size)
            image.paste(emoji, (round(word.box[0] * scale), round(word.box[1] * scale)), emoji)
        else:
            origin = round(word.origin[0] * scale), round(word.origin[1] * scale)
            draw.text(origin, text, word.color, word.face.font(size), anchor="ls")
    for line in cloud.lines:
        x = line.x * scale
        for text, face in line.pieces:
            font = face.font(line.size * scale, line.weight)
            draw.text((round(x), round(line.y * scale)), text, line.color, font, anchor="ls")
            x += font.getlength(text)
    file = io.BytesIO()
    image.reduce(scale).save(file, "PNG", optimize=False)
    return file.getvalue()
