// Package chart draws charts as SVG paths: scales, ticks, lines with gaps,
// bands, stacked areas, bars, sparklines and the world map. The operator's
// pages, the public pages and the HTML report use it; their templates place the
// texts and their style sheets choose the colors. Pure; any goroutine.
package chart
