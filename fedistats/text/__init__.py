"""Text processing: HTML, tokens, phrases, stems, stop words, ranking, language names."""
