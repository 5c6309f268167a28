package web

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/api"
)

func newAnswers(ask func(context.Context, string) (api.FlowAnswer, error)) *answers {
	return &answers{ask: ask, now: time.Now, kept: make(map[string]*kept), places: make(chan struct{}, askAtOnce)}
}

func TestManyReadersAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		a := newAnswers(func(context.Context, string) (api.FlowAnswer, error) {
			asked.Add(1)
			time.Sleep(time.Second)
			return api.FlowAnswer{Table: "x"}, nil
		})
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if got, err := a.get(t.Context(), "q"); err != nil || got.Table != "x" {
					t.Errorf("%v %v", got, err)
				}
			})
		}
		all.Wait()
		if asked.Load() != 1 {
			t.Errorf("asked %d times", asked.Load())
		}
		time.Sleep(keepAnswer)
		if _, err := a.get(t.Context(), "q"); err != nil || asked.Load() != 2 {
			t.Errorf("an old answer is not asked anew: %d, %v", asked.Load(), err)
		}
	})
}

func TestSlowAnswerIsThereForTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAnswers(func(ctx context.Context, _ string) (api.FlowAnswer, error) {
			time.Sleep(askPatience + time.Second)
			return api.FlowAnswer{Table: "x"}, ctx.Err()
		})
		if _, err := a.get(t.Context(), "q"); !errors.Is(err, errSlow) {
			t.Errorf("%v", err)
		}
		if got, err := a.get(t.Context(), "q"); err != nil || got.Table != "x" {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestAnswersAreBoundedAndFewAreAskedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, largest atomic.Int32
		a := newAnswers(func(context.Context, string) (api.FlowAnswer, error) {
			largest.Store(max(largest.Load(), now.Add(1)))
			time.Sleep(time.Millisecond)
			now.Add(-1)
			return api.FlowAnswer{}, nil
		})
		var all sync.WaitGroup
		for i := range 3 * maxAnswers {
			all.Go(func() { _, _ = a.get(t.Context(), fmt.Sprint(i)) })
		}
		all.Wait()
		if len(a.kept) > maxAnswers || largest.Load() > askAtOnce {
			t.Errorf("%d kept, %d at once", len(a.kept), largest.Load())
		}
	})
}
