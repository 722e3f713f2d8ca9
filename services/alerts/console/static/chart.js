// Draws the trajectory of one target from its chart.json, and again whenever something changed.
"use strict";
(() => {
  const place = document.getElementById("chart");
  const note = document.getElementById("chart-note");
  const COLOURS = { red: "#b3261e", yellow: "#b97a00", green: "#2c7a4b", blue: "#1d68a8", grey: "#6b7780" };
  const INK = "#33424a";
  const FAINT = "#8a979e";

  // The lamp of a point by its shape as well; hollow when the figure is simulated.
  const SHAPES = { red: "rect", yellow: "triangle", green: "circle", blue: "diamond", grey: "circle" };
  const HOLLOW = { rect: "emptyRect", triangle: "emptyTriangle", circle: "emptyCircle", diamond: "emptyDiamond" };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let drawing = null;

  const number = (value) => Number(value).toLocaleString("en-US", { maximumFractionDigits: 4 });
  const rough = (value) => Number(value).toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const month = (ms, words) => {
    const at = new Date(ms).getUTCMonth();
    return words.month === "zh" ? `${at + 1}月` : MONTHS[at];
  };
  const months = ([from, to], of) => {
    const found = [];
    const at = new Date(from);
    for (at.setUTCDate(of); at.getTime() <= to; at.setUTCMonth(at.getUTCMonth() + 1)) found.push(at.getTime());
    return found;
  };
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);

  const line = (name, data, more) => ({ name, type: "line", data, showSymbol: false, ...more });

  const series = (given) => {
    const words = given.words;
    const found = [];
    // Lines of a flow start at nothing on the first day, without a mark: nothing was judged there.
    const origin = given.origin ? [{ value: given.origin, symbol: "none" }] : [];
    const lastYear = words.last_year + (given.last_year_simulated ? words.simulated : "");
    const actual = words.actual + (given.actual_simulated ? words.simulated : "");
    if (given.last_year.length) {
      found.push(line(lastYear, [...origin, ...given.last_year], {
        color: FAINT, lineStyle: { color: FAINT, width: 1.5, type: [2, 3] }, symbol: "circle", symbolSize: 4, showSymbol: true,
      }));
    }
    found.push(line(words.plan, [...origin, ...given.plan], {
      color: "#12404d", lineStyle: { color: "#12404d", width: 2 }, symbol: "rect", symbolSize: 5, showSymbol: true,
      markLine: given.goal === null ? undefined : {
        silent: true, symbol: "none", data: [{ yAxis: given.goal }],
        lineStyle: { color: "#12404d", type: "solid", width: 1, opacity: 0.45 },
        label: { formatter: words.goal, position: "insideStartTop", color: "#12404d", opacity: 1, fontSize: 12 },
      },
    }));
    if (given.ahead.length) {
      found.push(line(words.ahead, given.ahead, { symbol: "none", color: "#12404d", lineStyle: { color: "#12404d", width: 1.5, type: [6, 5], opacity: 0.6 } }));
    }
    const to = given.forecast;
    if (to && to.low !== null) {
      // Two invisible-edged lines on one stack make the fan.
      const fan = { stack: "fan", stackStrategy: "all", lineStyle: { opacity: 0 }, silent: true, color: "#c98a1b" };
      found.push(line("low", [to.from, [to.to[0], to.low]], { ...fan, tooltip: { show: false } }));
      found.push(line(words.band, [[to.from[0], 0], [to.to[0], to.high - to.low]], {
        ...fan, areaStyle: { color: "#c98a1b", opacity: 0.16 }, tooltip: { show: false },
      }));
    }
    if (to) {
      found.push(line(words.forecast, [to.from, to.to], {
        color: "#c98a1b", lineStyle: { color: "#c98a1b", width: 2, type: [4, 4] }, symbol: "diamond", symbolSize: 9, showSymbol: true,
        endLabel: { show: true, formatter: (point) => rough(point.value[1]), color: "#8a5a00", fontWeight: "bold" },
      }));
    }
    found.push(line(actual, [...origin, ...given.actual.map((point) => ({
      value: [point.at, point.value],
      symbol: point.simulated ? HOLLOW[SHAPES[point.lamp]] : SHAPES[point.lamp],
      itemStyle: { color: COLOURS[point.lamp] || COLOURS.grey, borderWidth: 2 },
    }))], { color: INK, lineStyle: { color: INK, width: 2.5 }, symbolSize: 10, showSymbol: true, z: 5 }));
    return found;
  };

  const options = (given) => {
    const words = given.words;
    return {
      animation: !still,
      animationDuration: 300,
      useUTC: true,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
      aria: { enabled: true, label: { enabled: false } },
      grid: { left: 12, right: 64, top: 56, bottom: 8, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 26, itemGap: 18, textStyle: { color: INK }, data: series(given).map((one) => one.name).filter((name) => name !== "low") },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        formatter: (points) => {
          const shown = points.filter((point) => point.seriesName !== "low" && point.seriesName !== words.band);
          const rows = shown.filter((point) => point.value[1] || !given.origin || point.value[0] > given.origin[0]).map((point) => `${point.seriesName}  ${number(point.value[1])} ${given.unit}`);
          return rows.length ? [day(shown[0].value[0]), ...rows].join("\n") : "";
        },
      },
      xAxis: {
        type: "time", min: given.span[0], max: given.span[1],
        // A month is named in its middle: a figure covers it and stands at its end.
        axisTick: { customValues: months(given.span, 1) },
        axisLabel: { customValues: months(given.span, 15), formatter: (ms) => month(ms, words), hideOverlap: true, color: INK }, axisLine: { lineStyle: { color: "#b8c2c6" } }, splitLine: { show: false },
      },
      yAxis: { type: "value", name: given.unit, nameTextStyle: { color: INK, align: "right" }, scale: given.unit === "%", axisLabel: { color: INK, formatter: number }, splitLine: { lineStyle: { color: "#e4e9ea" } } },
      series: series(given),
    };
  };

  const draw = async () => {
    const answer = await fetch(place.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const given = await answer.json();
    const empty = !given.actual.length && !given.plan.length && !given.last_year.length;
    place.hidden = empty;
    if (empty) {
      note.textContent = given.words.none;
      return;
    }
    if (!drawing) {
      drawing = echarts.init(place, null, { renderer: "canvas" });
      drawing.on("finished", () => (place.dataset.drawn = "true"));
    }
    place.dataset.drawn = "false";
    drawing.setOption(options(given), { notMerge: true });
    place.dataset.points = String(given.actual.length);
  };

  addEventListener("resize", () => drawing && drawing.resize());
  document.body.addEventListener("pacekeeper:changed", draw);
  draw();
})();
