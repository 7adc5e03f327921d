const MAX_WIDTH = 14;
const SHARE_OF_GAP = 0.7;

/**
 * Draws columns 1 to 4 as candles: a line from low to high, a body from open to close, hollow where the price rose, so
 * that colour is not all that tells them apart. After the demo `candlestick-ohlc` of uPlot.
 */
export function candles(risingColour, fallingColour) {
  return { hooks: { draw: [(plot) => drawAll(plot, risingColour, fallingColour)] } };
}

function drawAll(plot, risingColour, fallingColour) {
  const { ctx, data } = plot;
  const [times, opens, highs, lows, closes] = data;
  const width = widthOf(plot, times);
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  ctx.lineWidth = Math.max(1, Math.round(devicePixelRatio));
  for (let i = 0; i < times.length; i++) {
    if (typeof closes[i] !== 'number') continue;
    const candle = { time: times[i], open: opens[i], high: highs[i], low: lows[i], close: closes[i] };
    drawOne(plot, candle, width, candle.close >= candle.open ? risingColour : fallingColour);
  }
  ctx.restore();
}

function drawOne(plot, { time, open, high, low, close }, width, colour) {
  const { ctx } = plot;
  const x = Math.round(plot.valToPos(time, 'x', true));
  const y = (value) => plot.valToPos(value, 'y', true);
  const [top, bottom] = [y(Math.max(open, close)), y(Math.min(open, close))];
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x, y(high));
  ctx.lineTo(x, top);
  ctx.moveTo(x, bottom);
  ctx.lineTo(x, y(low));
  ctx.stroke();
  const body = [Math.round(x - width / 2), Math.round(top), width, Math.max(1, Math.round(bottom - top))];
  if (close >= open) ctx.strokeRect(...body);
  else ctx.fillRect(...body);
}

/** Of a body: as wide as the narrowest gap between two candles lets it be. */
function widthOf(plot, times) {
  const { min, max } = plot.scales.x;
  const shown = times.filter((time) => time >= min && time <= max);
  const gaps = shown.slice(1).map((time, i) => time - shown[i]);
  const gap = Math.min(...gaps, max - min || 1);
  const pixels = ((gap * SHARE_OF_GAP) / (max - min || 1)) * plot.bbox.width;
  return Math.max(1, Math.min(MAX_WIDTH * devicePixelRatio, Math.round(pixels)));
}
