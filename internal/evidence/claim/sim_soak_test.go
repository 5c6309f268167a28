//go:build soak

package claim

// runs is the number of repetitions of each bucket of the simulation.
const runs = 200
