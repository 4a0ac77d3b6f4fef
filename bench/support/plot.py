"""Draws figures as bars on a scale of powers of ten: casty's, and the rivals' below."""

import html
import math
import statistics

COLORS = {"casty": "#4a7", "CAF": "#58b", "SObjectizer": "#b85", "Erlang": "#a59"}
LEFT, WIDTH, LINE, BAR = 290, 560, 22, 12


def time_text(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


class Drawing:
    def __init__(self, least, greatest, lines):
        self.lowest = math.floor(math.log10(least))
        self.highest = max(math.ceil(math.log10(greatest)), self.lowest + 1)
        self.height = LINE * 3 + lines
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 80}" '
            f'height="{self.height}" font-family="sans-serif" font-size="12">',
            f'<rect width="100%" height="{self.height}" fill="white"/>',
        ]
        for power in range(self.lowest, self.highest + 1):
            x = self.place(10**power)
            self.line(x, LINE * 2, x, self.height - LINE, "#ddd")
            self.text(x, LINE * 2 - 7, time_text(10**power), "middle")

    def place(self, nanoseconds):
        return LEFT + WIDTH * (math.log10(nanoseconds) - self.lowest) / (self.highest - self.lowest)

    def line(self, x1, y1, x2, y2, color, width=1):
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" '
            f'stroke-width="{width}"/>'
        )

    def text(self, x, y, text, anchor):
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'
        )

    def rectangle(self, x, y, width, height, color):
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height}" '
            f'fill="{color}"/>'
        )

    def bar(self, y, values, color):
        self.rectangle(LEFT, y, self.place(statistics.median(values)) - LEFT, BAR, color)
        middle = y + BAR / 2
        self.line(self.place(min(values)), middle, self.place(max(values)), middle, "black")

    def done(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def plot(times, goals, rivals):
    """`times`: figures in ns; `goals`: {name: ns}; `rivals`: {rival: {name: values}}."""
    times = [each for each in times if min(each["values"]) > 0]
    measured = {rival: values for rival, values in rivals.items() if values}

    def bars_of(name, values):
        yield "casty", values
        for rival, all_values in measured.items():
            if name in all_values:
                yield rival, all_values[name]

    groups = [(each, list(bars_of(each["name"], each["values"]))) for each in times]
    every = [value for _, bars in groups for _, values in bars for value in values]
    lines = sum(max(LINE, (BAR + 2) * len(bars) + 6) for _, bars in groups)
    drawing = Drawing(min(every), max(every), lines)
    x = LEFT
    for name in ("casty", *measured):
        drawing.rectangle(x, 6, 12, 12, COLORS[name])
        drawing.text(x + 17, 16, name, "start")
        x += 110
    y = LINE * 2 + 4
    for each, bars in groups:
        drawing.text(LEFT - 8, y + 11, f"{each['suite']}: {each['name']}", "end")
        for position, (name, values) in enumerate(bars):
            drawing.bar(y + position * (BAR + 2), values, COLORS[name])
        if each["name"] in goals:
            x = drawing.place(goals[each["name"]])
            drawing.line(x, y - 2, x, y + BAR + 2, "#c33", 2)
        y += max(LINE, (BAR + 2) * len(bars) + 6)
    return drawing.done()
