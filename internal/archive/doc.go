// Package archive writes the open data of days that are over, on a goroutine of
// its own: nobody who counts reports or shows pages waits for these files.
package archive
