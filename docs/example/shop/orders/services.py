"""What can be done with orders."""

from django.db import IntegrityError, transaction

from orders.models import Coupon, Order, OrderLine, Redemption


@transaction.atomic
def place(customer, product, quantity):
    """The number is generated, and no line can be there yet of an order made just now."""
    order = Order.objects.create(customer=customer)
    OrderLine.objects.create(order=order, product=product, quantity=quantity)
    return order


def redeem(order, code):
    """Nothing guards against a coupon that the customer has used before."""
    coupon = Coupon.objects.get(code=code)
    redemption = Redemption(coupon=coupon, customer=order.customer, order=order)
    redemption.save()
    return redemption


def record_cancelled(order, code):
    """The constraint holds only for redemptions in force."""
    coupon = Coupon.objects.get(code=code)
    Redemption.objects.create(coupon=coupon, customer=order.customer, order=order, cancelled=True)


@transaction.atomic
def issue_coupons(codes, percent):
    """The handler comes too late: the failed insert has broken the transaction around the loop."""
    refused = []
    for code in codes:
        try:
            Coupon.objects.create(code=code, percent=percent)
        except IntegrityError:
            refused.append(code)
    return refused
