"""The statements of a function or of a module → `Graph`."""

from __future__ import annotations

from flake8_unique_insert.flow.clauses import is_endless, jumps, raised_again, read_handler, suppressed_types
from flake8_unique_insert.flow.filling import discarded, filled, taken_out
from flake8_unique_insert.flow.graph import (
    Action,
    Assign,
    Block,
    Define,
    Edge,
    EdgeKind,
    Enter,
    Evaluate,
    Forget,
    Gather,
    Graph,
    ImportNames,
    Iterate,
    Raise,
    Region,
    Return,
    TakeOut,
    TryRegion,
    WithRegion,
)
from flake8_unique_insert.flow.liveness import live_at_heads
from flake8_unique_insert.flow.targets import Catcher, Loop
from flake8_unique_insert.syntax import statements
from flake8_unique_insert.syntax.expressions import Attribute, Boolean, Call, Constant, Expression, Name
from flake8_unique_insert.syntax.replacement import replaced
from flake8_unique_insert.syntax.statements import SUBJECT, Statement, Suite, inside
from flake8_unique_insert.syntax.summary import FunctionSummary
from flake8_unique_insert.syntax.unrolled import fields_named, models_named

MAX_BLOCKS = 40_000


class TooLarge(Exception):
    """The function has more blocks than the analysis takes on."""


def build(body: Suite) -> Graph:
    """The graph of a function's body or of a module's top level. Raises TooLarge."""
    builder = _Builder()
    end = builder.suite(body, builder.entry)
    if end is not None:
        builder.link(end, builder.exit)
    graph = Graph(builder.entry, builder.exit, builder.blocks)
    graph.live_at_heads = live_at_heads(graph)
    return graph


class _Builder:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.regions: tuple[Region, ...] = ()
        self.catchers: list[Catcher] = []
        self.finals: list[tuple[Suite, tuple[Region, ...], int]] = []
        self.loops: list[Loop] = []
        self.caught: list[dict[Expression | None, Expression]] = []
        self.entry = self.block()
        self.exit = self.block()
        self.temporaries = 0
        self.before: Suite = ()

    # --- blocks and edges

    def block(self) -> Block:
        if len(self.blocks) >= MAX_BLOCKS:
            raise TooLarge(f"more than {MAX_BLOCKS} blocks")
        made = Block(len(self.blocks), self.regions, tuple(loop.step for loop in self.loops if loop.step))
        self.blocks.append(made)
        return made

    def link(self, source: Block, target: Block, kind: EdgeKind = EdgeKind.NEXT) -> None:
        source.edges.append(Edge(source, target, kind))

    def act(self, block: Block, action: Action) -> Block:
        """Append an action. Where it may raise inside a `try`, it gets a block and the edges of its own."""
        if not self.catchers:
            block.actions.append(action)
            return block
        if block.actions or block.edges or block.regions != self.regions:
            before, block = block, self.block()
            self.link(before, block)
        block.actions.append(action)
        self.raises(block)
        after = self.block()
        self.link(block, after)
        return after

    def raises(self, block: Block) -> None:
        """Edges from a block to every handler that its exceptions may reach."""
        for catcher in reversed(self.catchers):
            for target, types in catcher.targets:
                block.edges.append(Edge(block, target, EdgeKind.RAISES, types))
            if catcher.stops_all:
                return

    def test(self, block: Block, test: Expression) -> tuple[Block, Block]:
        """End a block in a test; the blocks for true and false."""
        if self.catchers and (block.actions or block.edges):
            before, block = block, self.block()
            self.link(before, block)
        block.test = test
        if self.catchers:
            self.raises(block)
        yes, no = self.block(), self.block()
        self.link(block, yes, EdgeKind.TRUE)
        self.link(block, no, EdgeKind.FALSE)
        return yes, no

    # --- statements

    def suite(self, suite: Suite, block: Block | None, before: Suite = ()) -> Block | None:
        """Append statements; the block where control goes on, None when it never does. before: what always precedes."""
        for place, statement in enumerate(suite):
            if block is None:
                return None
            if isinstance(statement, statements.With):
                self.before = (*before, *suite[:place])
            block = self.statement(statement, block)
            if isinstance(statement, statements.For) and block is not None:
                for name, comprehension in filled((*before, *suite[:place]), statement, self.iterable()):
                    block = self.act(block, Gather(name, comprehension))
                if (found := discarded(statement, self.iterable())) is not None:
                    block = self.act(block, Assign(found[0], found[1], "-"))
        return block

    def statement(self, node: Statement, block: Block) -> Block | None:
        method = getattr(self, f"on_{type(node).__name__}", None)
        if method is None:
            return block
        result: Block | None = method(node, block)
        return result

    def on_Expr(self, node: statements.Expr, block: Block) -> Block:
        return block if isinstance(node.value, Constant) else self.act(block, Evaluate(node.value))

    def on_Assign(self, node: statements.Assign, block: Block) -> Block:
        first, *others = node.targets
        block = self.act(block, Assign(first, node.value))
        value = first if isinstance(first, Name) else node.value
        for target in others:
            block = self.act(block, Assign(target, value))
        return block

    def on_AnnAssign(self, node: statements.AnnAssign, block: Block) -> Block:
        return self.act(block, Assign(node.target, node.value, "", node.annotation)) if node.value else block

    def on_AugAssign(self, node: statements.AugAssign, block: Block) -> Block:
        return self.act(block, Assign(node.target, node.value, node.operator))

    def on_Delete(self, node: statements.Delete, block: Block) -> Block:
        return self.act(block, Forget(node.target))

    def on_ImportNames(self, node: statements.ImportNames, block: Block) -> Block:
        return self.act(block, ImportNames(node.names))

    def on_FunctionDef(self, node: statements.FunctionDef, block: Block) -> Block:
        return self.act(block, Define(node))

    def on_ClassDef(self, node: statements.ClassDef, block: Block) -> Block:
        """What a class body does is done at once, in a scope of its own: as by a function that is called."""
        body = tuple(item for item in node.body if not isinstance(item, statements.FunctionDef))
        if any(isinstance(call.function, Attribute) for call in inside(body, Call)):
            header = FunctionSummary(node.name, (), (), None, False, node.line, node.line, node.line)
            block = self.act(block, Define(statements.FunctionDef(header, body)))
            block = self.act(block, Evaluate(Call(Name(node.name), ())))
        return self.act(block, Forget(Name(node.name)))

    def on_Return(self, node: statements.Return, block: Block) -> None:
        after = self.act(block, Return(node.value))
        self.leave(after, self.exit, 0)

    def on_Raise(self, node: statements.Raise, block: Block) -> None:
        value = self.caught[-1].get(node.value, node.value) if self.caught else node.value
        if self.catchers:
            self.act(block, Raise(value))
        else:
            block.actions.append(Raise(value))

    def on_Assert(self, node: statements.Assert, block: Block) -> Block:
        yes, _ = self.test(block, node.test)
        return yes

    def on_If(self, node: statements.If, block: Block) -> Block | None:
        yes, no = self.test(block, node.test)
        return self.meet(self.suite(node.body, yes), self.suite(node.orelse, no))

    def meet(self, *ends: Block | None) -> Block | None:
        """One block where all the ends that go on come together."""
        going = [end for end in ends if end is not None]
        if not going:
            return None
        after = self.block()
        for end in going:
            self.link(end, after)
        return after

    # --- loops

    def iterable(self) -> Name:
        """What holds the values of the loop that begins here."""
        return Name(f"$iterable{len(self.loops)}")

    def on_While(self, node: statements.While, block: Block) -> Block | None:
        head = self.block()
        self.link(block, head)
        yes, no = self.test(head, node.test)
        return self.loop(node, yes, no, Loop(self.block(), head, len(self.finals)))

    def on_For(self, node: statements.For, block: Block) -> Block | None:
        iterable = self.iterable()
        if (call := taken_out(node)) is not None and isinstance(node.target, Name):
            block = self.act(block, Assign(iterable, node.iterable))
            return self.act(block, TakeOut(node.target, iterable, call))
        items = models_named(node.target, node.iterable, inside(node.body, Attribute))
        if items := items or fields_named(node.target, node.iterable, inside(node.body, Call)):
            return self.unrolled(node, items, block)
        head = self.block()
        self.link(self.act(block, Assign(iterable, node.iterable)), head)
        body, done = self.block(), self.block()
        for way in (body,) if is_endless(node.iterable) else (body, done):
            self.link(head, way)
        head.heads = step = Iterate(node.target, iterable, isinstance(node.iterable, Name))
        return self.loop(node, body, done, Loop(self.block(), head, len(self.finals), step))

    def loop(self, node: statements.For | statements.While, body: Block, done: Block, loop: Loop) -> Block | None:
        self.loops.append(loop)
        if loop.step is not None:
            body.loops = (*body.loops, loop.step)
            body = self.act(body, loop.step)
        end = self.suite(node.body, body)
        self.loops.pop()
        if end is not None:
            self.link(end, loop.head)
        finished = self.suite(node.orelse, done)
        if finished is not None:
            self.link(finished, loop.after)
        return loop.after

    def unrolled(self, node: statements.For, items: tuple[Expression, ...], block: Block) -> Block:
        """The body of a loop for each of these items, one after the other."""
        after = self.block()
        for item in items:
            start, following = self.act(block, Assign(node.target, item)), self.block()
            self.loops.append(Loop(after, following, len(self.finals)))
            end = self.suite(node.body, start)
            self.loops.pop()
            if end is not None:
                self.link(end, following)
            block = following
        finished = self.suite(node.orelse, block)
        if finished is not None:
            self.link(finished, after)
        return after

    def on_Break(self, node: statements.Break, block: Block) -> None:
        if self.loops:
            self.leave(block, self.loops[-1].after, self.loops[-1].depth)

    def on_Continue(self, node: statements.Continue, block: Block) -> None:
        if self.loops:
            self.leave(block, self.loops[-1].head, self.loops[-1].depth)

    def leave(self, block: Block, target: Block, depth: int) -> None:
        """Jump to a target, through the `finally` clauses between here and there (innermost first)."""
        saved = self.regions, self.catchers, self.finals, self.loops
        end: Block | None = block
        while end is not None and len(self.finals) > depth:
            clause, self.regions, catchers = self.finals[-1]
            self.finals, self.catchers = self.finals[:-1], self.catchers[:catchers]
            fresh = self.block()
            self.link(end, fresh)
            end = self.suite(clause, fresh)
        self.regions, self.catchers, self.finals, self.loops = saved
        if end is not None:
            self.link(end, target)

    # --- try and with

    def on_Try(self, node: statements.Try, block: Block) -> Block | None:
        outer = self.regions
        if node.finalbody:
            self.finals.append((node.finalbody, outer, len(self.catchers)))
        catcher = Catcher()
        handlers = tuple(read_handler(handler) for handler in node.handlers)
        for handler in handlers:
            catcher.targets.append((self.block(), handler.types))
        catcher.stops_all = any(handler.types is None for handler in handlers)
        final_entry = self._unwinding(node, catcher) if node.finalbody else None

        self.regions = (*outer, TryRegion(handlers, jumps(node.finalbody)))
        self.catchers.append(catcher)
        start = self.block()
        self.link(block, start)
        end = self.suite(node.body, start)
        self.catchers.pop()

        if final_entry is not None:  # handlers and else unwind through the finally, too
            unwinding = Catcher([(final_entry, None)], True)
            self.catchers.append(unwinding)
        self.regions = (*outer, TryRegion((), jumps(node.finalbody))) if node.finalbody else outer
        if node.orelse and end is not None:
            body = self.block()
            self.link(end, body)
            end = self.suite(node.orelse, body)
        ends = [end]
        for (entry, _), clause in zip(catcher.targets, node.handlers):
            entry.regions = self.regions
            if clause.name:
                entry.actions.append(Forget(Name(clause.name)))
            self.caught.append(raised_again(clause))
            ends.append(self.suite(clause.body, entry))
            self.caught.pop()
        if final_entry is not None:
            self.catchers.pop()
            self.finals.pop()
        self.regions = outer
        after = self.meet(*ends)
        return self.suite(node.finalbody, after)

    def _unwinding(self, node: statements.Try, catcher: Catcher) -> Block:
        """The copy of a `finally` that runs while an exception passes through."""
        entry = self.block()
        finals = self.finals
        self.finals = finals[:-1]
        end = self.suite(node.finalbody, entry)
        self.finals = finals
        if end is not None:
            self.raises(end)
        if not catcher.stops_all:
            catcher.targets.append((entry, None))
            catcher.stops_all = True
        return entry

    def on_With(self, node: statements.With, block: Block) -> Block | None:
        outer, before = self.regions, self.before
        depth = len(self.catchers)
        escapes: list[Block] = []
        for manager, target in node.items:
            block = self.act(block, Enter(manager, target))
            suppressed = suppressed_types(manager)
            if suppressed:
                landing = self.block()
                escapes.append(landing)
                self.catchers.append(Catcher([(landing, types) for types in suppressed]))
            self.regions = (*self.regions, WithRegion(manager, node.body))
        start = self.block()
        self.link(block, start)
        end = self.suite(node.body, start, before)
        del self.catchers[depth:]
        self.regions = outer
        return self.meet(end, *escapes)

    # --- match

    def on_Match(self, node: statements.Match, block: Block) -> Block | None:
        self.temporaries += 1
        subject = node.subject
        name: Expression = subject if isinstance(subject, Name) else Name(f"$match{self.temporaries}")
        if name is not subject:
            block = self.act(block, Assign(name, subject))
        ends: list[Block | None] = []
        rest: Block | None = block
        for case in node.cases:
            if rest is None:
                break
            test = replaced(case.pattern.test, {SUBJECT: name}) if case.pattern.test else None
            if case.guard:
                test = Boolean("and", test, case.guard) if test else case.guard
            if test is None:
                yes, rest = self._captured(rest, name, case.pattern), None
            else:
                yes, rest = self.test(rest, test)
                yes = self._captured(yes, name, case.pattern)
            ends.append(self.suite(case.body, yes))
        return self.meet(*ends, rest)

    def _captured(self, block: Block, subject: Expression, pattern: statements.Pattern) -> Block:
        if pattern.alias:
            return self.act(block, Assign(Name(pattern.alias), subject))
        for name in pattern.captured:
            block = self.act(block, Forget(Name(name)))
        return block
