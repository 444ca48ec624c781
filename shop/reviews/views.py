"""Reviews of a product: all that are shown, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.models import Product
from shop.reviews import reviewing
from shop.reviews.models import Review
from visualsearch.throttles import RateThrottle, TooOften

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 20


class Written(RateThrottle):
    """Reviews that somebody writes."""

    scope = "reviews"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.key_of(request.user.pk)


class ReviewForm(forms.ModelForm):
    """Stars, and words for them."""

    stars = forms.TypedChoiceField(
        label=_("Stars"), coerce=int, choices=[(n, "★" * n + "☆" * (5 - n)) for n in range(5, 0, -1)]
    )

    class Meta:
        model = Review
        fields = ["stars", "title", "text", "name"]
        labels = {"name": _("Your name, as others see it"), "text": _("What you would like to say")}
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """All that are shown, newest first."""
    product = _product(slug)
    shown = Review.objects.filter(product=product, state=Review.State.SHOWN)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    context = {"product": product, "ratings": reviewing.ratings(product), "page": page, "numbers": numbers}
    return render(request, "reviews/reviews.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own review of a product, to write or to change."""
    product = _product(slug)
    own = Review.objects.filter(product=product, author=request.user).first()  # type: ignore[misc]
    form = ReviewForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        try:
            Written().allow_request(request, None)
        except TooOften as error:
            form.add_error(None, str(error.detail))
        else:
            said = {name: form.cleaned_data[name] for name in form.fields}
            reviewing.write(product, request.user, **said)  # type: ignore[arg-type]
            messages.success(request, gettext("Thank you. Your review is shown once we have read it."))
            return redirect(product)
    return render(request, "reviews/review.html", {"product": product, "form": form, "own": own})


@login_required
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one's own review back."""
    get_object_or_404(Review, product__slug=slug, author=request.user).delete()
    messages.success(request, gettext("Your review is deleted."))
    return redirect("product", slug)


def _product(slug: str) -> Product:
    return get_object_or_404(Product.objects.published(), slug=slug)
